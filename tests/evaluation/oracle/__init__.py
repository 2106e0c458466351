"""The oracle: Google's own CEL (cel-expr-python) says what a random condition means for a row; SQL must agree."""
