"""The demo: a week of a small telco, shop and restaurant, as data (`state.yaml`, `week.jsonl`), and its player."""
