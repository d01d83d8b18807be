"""Prompts and a text to begin with."""

EXAMPLES = {
    "What is a token?": (
        "What is a token in a language model API, and why is it not the same thing as an API key?"
        " Answer in about 120 words for someone who has only used ChatGPT."
    ),
    "Chat or API?": (
        "What is the difference between chatting in ChatGPT or Claude.ai and calling the same model"
        " through its API? Give the three differences that surprise people most."
    ),
    "Why did my bill explode?": (
        "Why does turn 10 of a long conversation cost more than turn 1 when I call an API?"
        " Explain with small numbers."
    ),
    "Is Plus not enough?": (
        "I already pay for a monthly chat subscription. Why does the API ask for another payment method?"
    ),
    "How does caching save money?": (
        "Explain prompt caching: what is cached, for how long, and when does it start to pay off?"
    ),
    "Write code": (
        "Write a Python function that merges two sorted lists, with a short explanation and one test."
    ),
}
"""What the menu offers; the first is there when the page opens."""

FIRST_TEXT = (
    "Every token is a piece of text that the model has an id for. Common words are one token; "
    "uncommonlyconcatenatedwords are several."
)
"""What stands in the text boxes of Tokens and Costs at first."""
