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


def enough_calls(run):
    start = time.perf_counter()
    run()
    return max(1, int(0.05 / max(1e-7, time.perf_counter() - start)))


def fastest(ways, read):
    """The fastest of {name: run}: the best of five samples in turns. Ways that fail or do not agree with the first are out."""
    ready, firsts, failed, expected = {}, {}, [], None
    for name, run in ways.items():
        try:
            start = time.perf_counter()
            result = run()
            firsts[name] = time.perf_counter() - start
            found = numpy.asarray(read(result), dtype="float64")
            expected = found if expected is None else expected
            apart = numpy.abs(found - expected).max() / max(1e-300, numpy.abs(expected).max())
            if not apart <= 1e-8:
                raise ArithmeticError(f"differs by {apart:.0e}")
            run()
            ready[name] = (run, enough_calls(run))
        except Exception as error:
            words = str(error).strip().split("\n")[0]
            failed.append(f"{name}: {type(error).__name__}: {words}"[:200])
    if not ready:
        raise RuntimeError("; ".join(failed))
    samples = {name: [] for name in ready}
    for _ in range(5):
        for name, (run, calls) in ready.items():
            samples[name].append(seconds_of(run, calls))
    best = {name: min(times) for name, times in samples.items()}
    name = min(best, key=best.get)
    return ready[name][0], {"first": firsts[name], "way": name, "ways": best, "failedWays": failed}


def serve(hello, prepare):
    """`prepare` turns a task into {quantity: (run, read)}; `run` waits for its result, `read` makes it one flat array.
    Instead of `run` there may be several ways by name, of which the fastest is chosen at the first call."""
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
                chosen = {}
                if isinstance(run, dict):
                    run, chosen = fastest(run, read)
                    ready[command["quantity"]] = (run, read)
                start = time.perf_counter()
                result = run()
                first = time.perf_counter() - start
                numpy.asarray(read(result), dtype="float64").tofile(command["file"])
                answer({"first": first, **chosen})
            elif do == "time":
                run, _ = ready[command["quantity"]]
                answer({"samples": [seconds_of(run, command["calls"]) for _ in range(command["samples"])]})
        except Exception as error:
            answer({"failed": f"{type(error).__name__}: {error}"[:300]})
