# SPDX-License-Identifier: Apache-2.0
"""Usage: check_examples.py scripts FOLDER | json <YAML

scripts: writes every shell script of the examples as FOLDER/*.sh, one a line of the pipeline, in the order in which they run.
json: prints the documents of its input as JSON.
"""
import json
import pathlib
import re
import sys

import yaml

EXAMPLES = pathlib.Path("ci/examples")


def load(name):
    return list(yaml.safe_load_all((EXAMPLES / name).read_text(encoding="utf-8")))


def github():
    (workflow,) = load("github.yml")
    jobs = workflow["jobs"]
    shards = jobs["shard"]["strategy"]["matrix"]["shard"]
    for name, job in jobs.items():
        for step in job["steps"]:
            for shard in shards if name == "shard" else [0]:
                if "run" in step:
                    yield {}, step["run"].replace("${{ matrix.shard }}", str(shard))


def gitlab():
    (pipeline,) = load("gitlab-ci.yml")
    jobs = {name: job for name, job in pipeline.items() if name not in ("stages", "default")}
    for name, job in jobs.items():
        assert job["stage"] in pipeline["stages"], name
        total = job.get("parallel", 1)
        for index in range(1, total + 1):
            place = {"GITLAB_CI": "true", "CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(total)}
            yield place if total > 1 else {}, "\n".join(job["script"])


def jenkins():
    text = (EXAMPLES / "Jenkinsfile").read_text(encoding="utf-8")
    for script in re.findall(r"sh '''(.*?)'''", text, re.DOTALL):
        yield {}, script


def kubernetes():
    play, merge = load("kubernetes-job.yaml")
    container = play["spec"]["template"]["spec"]["containers"][0]
    variables = {one["name"]: one["value"] for one in container["env"]}
    assert int(variables["SMTPSPEC_SHARDS"]) == play["spec"]["completions"]
    for index in range(play["spec"]["completions"]):
        yield {**variables, "JOB_COMPLETION_INDEX": str(index)}, container["args"][0]
    yield {}, merge["spec"]["template"]["spec"]["containers"][0]["args"][0]


def write_scripts(folder):
    for example in (github, gitlab, jenkins, kubernetes):
        for number, (variables, script) in enumerate(example()):
            exports = "".join(f"export {name}={value}\n" for name, value in variables.items())
            path = pathlib.Path(folder) / f"{example.__name__}-{number:02}.sh"
            path.write_text(f"set -e\n{exports}{script}\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "scripts":
        write_scripts(sys.argv[2])
    else:
        json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)
