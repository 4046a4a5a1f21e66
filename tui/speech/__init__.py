"""Reading aloud: what is said, and through which program."""
