// Checks Jenkinsfiles, and files of Job DSL, which end in .groovy: `groovy -cp jenkins/check jenkins/check/main.groovy [--json]
// FILE…`. Exit code 1 if one is refused.
import groovy.json.JsonOutput

def json = args && args[0] == '--json'
def files = json ? args.drop(1) : args

Object tree(Map node) {
  [word: node.word, line: node.line, args: Outside.readable(node.args), body: node.body.collect { tree(it) }]
}

def results = files.collect { path ->
  def recorder = path.endsWith('.groovy') ? new JobDsl() : new Interpreter()
  recorder.run(new File(path).getText('UTF-8'))
  [file: path, problems: recorder.problems, body: recorder.root.body.collect { tree(it) }]
}

if (json) println JsonOutput.toJson(results)
results.each { result ->
  result.problems.each { System.err.println Outside.readable("${result.file}:${it.line}: ${it.message}") }
  if (!json && !result.problems) println "${result.file}: fine"
}
System.exit(results.any { it.problems } ? 1 : 0)
