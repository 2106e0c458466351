"""The tables of revision 0001 as it made them, one module for each family of entities.

These modules are history: databases that exist were made by them. What a table is today, `model.state` and
`store.tables` say; how it came to be that, the revisions after this one. A change of a table is a new revision.
"""
