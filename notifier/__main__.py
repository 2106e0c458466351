"""`python -m notifier` is the `notifier` command."""

from notifier.cli.main import run

if __name__ == "__main__":
    run()
