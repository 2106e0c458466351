"""Imported by multiprocessing's server process alone, which from then on ends with the tests that started it.

By itself it ends when nobody can ask it for a process any more. But its processes could, so those that stand still
would keep it, and it them.
"""

from tests.support.kept import end_with_parent

end_with_parent()
