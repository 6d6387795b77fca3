"""An Expression whose C++ is wrong: prints, on each process, what is raised, and what the second attempt raises."""
import json

from dolfin import *

raised = []
for attempt in range(2):
    try:
        Expression("x[0] + undeclared_name", degree=1)
    except RuntimeError as error:
        cause = error.__context__
        info = sorted(getattr(cause, "err_info", {}))
        raised.append({"text": str(error), "cause": type(cause).__name__, "message": str(cause), "info": info})
print(json.dumps({"rank": MPI.rank(MPI.comm_world), "raised": raised}))
