"""Whether this process has drawn a page: until then everything that a page can do without waits."""

import threading

shown = threading.Event()
"""Set when the first page has been drawn."""
