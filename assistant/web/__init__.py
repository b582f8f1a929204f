"""The web faces of the one pipeline: chat, API, document pages, widget."""
