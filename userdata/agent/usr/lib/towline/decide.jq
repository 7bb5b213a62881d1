# What to do about one package, given what is known. Facts in, decision out; nothing is looked up here.
#
# in:  {"package", "installed": version or null, "verdicts": {version: "ok"|"bad"},
#       "candidates": {"channel": [version, newest first], "main": [version, newest first]}}
# out: {"action": "none"|"install"|"upgrade"|"replace", "package", "version", "reason"}; a replacement is a version that
#      comes although it is not newer than the installed one
#
# A host converges to the highest version that its group has not marked bad: of its channel, where that has any, else of
# the main suite.

def answer($action; $version; $reason):
  {action: $action, package, version: $version, reason: $reason};

def good($suite):
  .verdicts as $verdicts | [.candidates[$suite][] | select($verdicts[.] != "bad")];

def lists($suite; $version):
  any(.candidates[$suite][]; . == $version);

# What is to come in place of the installed version, which is another one.
def change($suite; $target):
  .installed as $installed
  | if $installed == null then
      answer("install"; $target; "not installed yet")
    elif .verdicts[$installed] == "bad" then
      answer("replace"; $target; "the installed \($installed) is marked bad")
    elif lists($suite; $installed) then
      answer("upgrade"; $target; "newer than the installed \($installed)")
    elif lists("main"; $installed) then
      answer("replace"; $target; "the group's channel has its own version of \(.package)")
    else
      answer("replace"; $target; "the installed \($installed) is withdrawn: the repository no longer lists it")
    end;

(if good("channel") != [] then "channel" else "main" end) as $suite
| good($suite)[0] as $target
| if .candidates.channel + .candidates.main == [] then
    answer("none"; .installed; "the repository holds no version of \(.package)")
  elif $target == null then
    answer("none"; .installed; "every version of \(.package) in the repository is marked bad")
  elif .installed == $target then
    answer("none"; $target; "\($target) is the highest version that is not marked bad")
  else
    change($suite; $target)
  end
