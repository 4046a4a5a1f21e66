"""The screens a candidate sees. They show an `Interview` and turn keys and clicks into its next state."""
