"""`playground lab` and its commands, one file a panel; what they do is imported when they are called."""
