# What to do about one package, given what is known. Facts in, decision out; nothing is looked up here.
#
# in:  {"package", "installed": version or null, "candidates": [version, newest first], "verdicts": {version: "ok"|"bad"}}
# out: {"action": "none"|"install", "package", "version", "reason"}
#
# A host converges to the highest version in the repository that its group has not marked bad.

def answer($action; $version; $reason):
  {action: $action, package, version: $version, reason: $reason};

def highest_good:
  .verdicts as $verdicts | [.candidates[] | select($verdicts[.] != "bad")][0];

def why_not_installed:
  .installed as $installed
  | if $installed == null then "not installed yet"
    elif .verdicts[$installed] == "bad" then "the installed \($installed) is marked bad"
    elif any(.candidates[]; . == $installed) then "newer than the installed \($installed)"
    else "the repository no longer holds the installed \($installed)"
    end;

highest_good as $target
| if .candidates == [] then
    answer("none"; .installed; "the repository holds no version of \(.package)")
  elif $target == null then
    answer("none"; .installed; "every version of \(.package) in the repository is marked bad")
  elif .installed == $target then
    answer("none"; $target; "\($target) is the highest version that is not marked bad")
  else
    answer("install"; $target; why_not_installed)
  end
