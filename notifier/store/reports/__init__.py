"""Figures about promises and notices, computed by the database: each is counted where its rows are."""
