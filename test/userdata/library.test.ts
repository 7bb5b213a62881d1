import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { USERDATA } from "./host";

/** What functions of the agent's library print, in a shell where the functions of `program` stand in for those around them. */
function library(files: string[], program: string): string[] {
  const sources = files.map((file) => `source "$0/${file}.sh"\n`).join("");
  const folder = join(USERDATA, "agent/usr/lib/towline");
  const output = execFileSync("bash", ["-uc", sources + program, folder], { encoding: "utf8", stdio: "pipe" });
  return output.trimEnd().split("\n");
}

describe("Auto Scaling's plans for a host", () => {
  test("take it out of service with the target states Terminated, Standby, Detached and those of a warm pool", () => {
    const leaving = library(
      ["log", "lifecycle"],
      `imds_open() { :; }
       imds_get() { [[ $state != none ]] && echo "$state"; }
       for state in none InService Terminated Standby Detached Warmed:Running Warmed:Stopped nonsense; do
         if lifecycle_leaving; then echo "$LIFECYCLE_TARGET"; fi
       done`,
    );
    expect(leaving).toEqual(["Terminated", "Standby", "Detached", "Warmed:Running", "Warmed:Stopped"]);
  });

  test("decide whether it joins the load balancer, and what it means to be taken out of it", () => {
    const joined = library(
      ["log", "lifecycle", "turn-time", "target-group"],
      `TOWLINE_TARGET_GROUP_ARN=arn TOWLINE_HEALTH_TIMEOUT=-120 AWS_PAUSED=0
       log() { :; }
       log_error() { :; }
       sleep() { :; }
       imds_open() { :; }
       imds_get() { echo "$lifecycle"; }
       target_query() { did+=" $1" lifecycle=$afterwards; }
       target_health() { TARGET_STATE=$state; }
       target_joined() { :; }
       while read -r lifecycle afterwards state; do
         did='' result=0 before=$lifecycle
         target_join || result=$?
         echo "$before, then $afterwards and $state: $result$did"
       done <<END
InService InService healthy
Terminated Terminated unused
InService Terminated draining
InService Terminated unused
InService InService draining
InService InService unhealthy
END`,
    );
    expect(joined).toEqual([
      "InService, then InService and healthy: 0 RegisterTargets",
      "Terminated, then Terminated and unused: 0",
      "InService, then Terminated and draining: 0 RegisterTargets",
      "InService, then Terminated and unused: 0 RegisterTargets",
      "InService, then InService and draining: 2 RegisterTargets",
      "InService, then InService and unhealthy: 1 RegisterTargets",
    ]);
  });
});

describe("a host that goes back", () => {
  test("is stuck where the version before cannot serve, and not where only AWS keeps it from joining", () => {
    const ended = library(
      ["log", "change-record", "change-back"],
      `CHANGE_KIND=packages CHANGE_PACKAGE=hello CHANGE_VERSION=1.1.0 CHANGE_PREVIOUS=1.0.0 CHANGE_STARTED=0
       for name in NAME TITLE BEFORE NEITHER IS WAS UNDONE; do declare "CHANGE_$name=$name"; done
       log() { :; }
       log_error() { :; }
       change_restore() { return "$restored"; }
       change_step() { did+=" $*"; }
       ending_look() { return 1; }
       ending_stop() { return 1; }
       for name in change_record_write host_status_put event_publish change_stuck change_pause change_end; do
         eval "$name() { did+=' $name'; }"
       done
       rollout_failing() { did+=' failing'; }
       change_judge() { did+=" $1" ROLLOUT=own; }
       for step in change_go_back change_put_off; do
         for restored in 0 1 2; do
           CHANGE_OUTCOME='' did='' result=0
           "$step" reason || result=$?
           echo "$step $restored: $result$did"
         done
       done`,
    );
    expect(ended).toEqual([
      "change_go_back 0: 0 failing change_record_write failed change_pause settle own host_status_put event_publish change_end",
      "change_go_back 1: 1 failing change_record_write change_stuck",
      "change_go_back 2: 1 failing change_record_write",
      "change_put_off 0: 0 off settle off host_status_put change_end",
      "change_put_off 1: 1 change_stuck",
      "change_put_off 2: 1",
    ]);
  });
});

describe("the log of an app", () => {
  const journal = (log: string, name = "hello") =>
    library(
      ["packages", "processes"],
      `TOWLINE_PROCESSES='hello:web=1 other:web=1' PACKAGES_INSTALLED_AT=1700000000
       journalctl() { if [[ $* == *_TRANSPORT=stdout ]]; then printf '%b' '${log}'; else echo "$*"; fi; }
       processes_journal ${name}`,
    );

  test("is told in one line, the newest at its end", () => {
    expect(journal("listening\\nno database\\n")).toEqual(["listening | no database"]);
  });

  test("is told with its newest 600 characters", () => {
    const [line] = journal(`${"a".repeat(500)}\\n${"b".repeat(500)}\\nno database\\n`);
    expect(line).toBe(`${"a".repeat(83)} | ${"b".repeat(500)} | no database`);
  });

  test("is what systemd says of it where it wrote nothing, since the last installation, of every app", () => {
    const asked = "--quiet --no-pager --output=cat --lines=5 --since=@1700000000 --unit=hello-* --unit=other-*";
    expect(journal("", "")).toEqual([asked]);
  });
});

describe("the lease of a host that is out", () => {
  const renewing = `
    RUN_DIR=$(mktemp -d) RENEWAL_PAUSE=0.05 TAB=' '
    exec {LOCK}>"$RUN_DIR/lock"
    core_run() { echo "$*" >>"$RUN_DIR/renewals"; CORE_ANSWERS=($answer); }
    renewals() { wc -l 2>/dev/null <"$RUN_DIR/renewals"; }
    answer=''`;

  test("is renewed until the host is back", () => {
    const lines = library(
      ["log", "renewal"],
      `${renewing}
       renewal_start nonce-1
       until (($(renewals) >= 2)); do sleep 0.05; done
       renewal_stop
       wait $!
       sort -u "$RUN_DIR/renewals"`,
    );
    expect(lines).toEqual(["renew nonce nonce-1"]);
  });

  test("is not renewed by what a killed run leaves behind", () => {
    const lines = library(
      ["log", "renewal"],
      `${renewing}
       run() (
         RUN=$BASHPID
         exec {RENEWAL}> >(renewal_main nonce-1 "$RUN" >"$RUN_DIR/renewal.log" 2>&1)
         echo $! >"$RUN_DIR/renewal.pid"
         # A program that outlives it, as one that apt started, keeps the descriptor open.
         sleep 30 >/dev/null 2>&1 &
         echo $! >"$RUN_DIR/left.pid"
         kill -KILL "$RUN"
       )
       run || true
       while kill -0 "$(<"$RUN_DIR/renewal.pid")" 2>/dev/null; do sleep 0.05; done
       kill "$(<"$RUN_DIR/left.pid")"
       echo ended`,
    );
    expect(lines).toEqual(["ended"]);
  });

  test("is left alone once another host has it", () => {
    const lines = library(
      ["log", "renewal"],
      `${renewing}
       answer=lost
       renewal_start nonce-1
       wait $!
       renewals`,
    );
    expect(lines).toEqual(["1"]);
  });
});
