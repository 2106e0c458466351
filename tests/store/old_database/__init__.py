"""Databases that earlier builds left behind, with what it takes to make one more and to load them.

`dumps/` holds each as SQL text, once from SQLite and once from PostgreSQL, under the commit of the build. `project/` is
the project folder that they belong to; it stays as it is, as the folder of whoever upgrades does.
"""
