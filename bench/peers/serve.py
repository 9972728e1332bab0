"""The loop of a Python peer: commands as lines of JSON on the standard input, answers on the standard output."""

import json
import os
import sys
import time

import numpy


def read_arrays(folder, names_and_shapes):
    return [numpy.fromfile(os.path.join(folder, name)).reshape(shape) for name, shape in names_and_shapes]


def data_of(task, folder):
    """(parameters, direction, [inputs, labels]) as lists of NumPy arrays."""
    leaves = list(enumerate(task["shapes"]))
    return (
        read_arrays(folder, [(f"p{i}.f64", shape) for i, shape in leaves]),
        read_arrays(folder, [(f"v{i}.f64", shape) for i, shape in leaves]),
        read_arrays(folder, [(name, shape) for name, shape in task["data"].items()]),
    )


def seconds_of(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def serve(hello, prepare):
    """`prepare` turns a task into {quantity: (run, read)}; `run` waits for its result, `read` makes it one flat array."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(message):
        out.write(json.dumps(message) + "\n")
        out.flush()

    answer(hello)
    ready = {}
    for line in sys.stdin:
        command = json.loads(line)
        do = command["do"]
        try:
            if do == "prepare":
                ready = prepare(command["task"], *data_of(command["task"], command["folder"]))
                answer({"quantities": sorted(ready)})
            elif do == "check":
                run, read = ready[command["quantity"]]
                start = time.perf_counter()
                result = run()
                first = time.perf_counter() - start
                numpy.asarray(read(result), dtype="float64").tofile(command["file"])
                answer({"first": first})
            elif do == "time":
                run, _ = ready[command["quantity"]]
                answer({"samples": [seconds_of(run, command["calls"]) for _ in range(command["samples"])]})
        except Exception as error:
            answer({"failed": f"{type(error).__name__}: {error}"[:300]})
