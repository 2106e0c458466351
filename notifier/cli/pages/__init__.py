"""Pages that a browser shows: self-contained files, no server needed."""
