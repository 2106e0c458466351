"""Sheets: pages of lines under headings that a terminal prints and a browser shows, with the same words in both."""
