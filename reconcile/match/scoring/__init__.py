"""What a pair weighs: each field in its form, how alike two values are, and what the model learned says of it."""
