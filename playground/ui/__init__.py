"""Streamlit pieces that more than one page uses; pages only arrange them."""
