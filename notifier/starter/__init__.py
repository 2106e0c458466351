"""The room of whoever begins: a new project from packs, a new rule from a few answers, and what a newer pack has."""
