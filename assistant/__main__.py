"""`python -m assistant` is `wence`."""

from assistant.cli import main

if __name__ == "__main__":
    main()
