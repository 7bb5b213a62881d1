/** Runs one Jenkinsfile with words that do nothing, records them as a tree and notes what Jenkins would refuse. */
class Interpreter extends Recorder {
  private static final List<String> BUILD_VARIABLES = ['BRANCH_NAME', 'BUILD_ID', 'BUILD_NUMBER', 'BUILD_TAG', 'BUILD_URL', 'CHANGE_ID', 'GIT_BRANCH',
    'GIT_COMMIT', 'GIT_URL', 'JENKINS_URL', 'JOB_BASE_NAME', 'JOB_NAME', 'JOB_URL', 'NODE_NAME', 'TAG_NAME', 'WORKSPACE']
  private static final List<String> BUILD_FIELDS = ['absoluteUrl', 'changeSets', 'currentResult', 'description', 'displayName', 'duration',
    'durationString', 'fullDisplayName', 'number', 'previousBuild', 'projectName', 'result', 'startTimeInMillis']

  private final Set<String> environment = new TreeSet<>(BUILD_VARIABLES)
  private final Set<String> parameters = new TreeSet<>()
  private final Map<String, Object> variables = [:]
  private final Set<String> stages = []
  private final List<Map> questions = []

  Interpreter() {
    root.block = 'file'
  }

  @Override
  protected void before(String text) {
    problems.addAll(Grammar.check(text))
  }

  @Override
  protected void finish() {
    checkContent(root)
    checkAgents()
  }

  @Override
  Object call(String word, List args) {
    def inside = current.block
    def line = lineOf(new Throwable())
    if (!(word in Blocks.ALL[inside].words)) {
      current.misspelt = true
      problem(inside == 'steps' ? "there is no step \"$word\"; the steps of our plugins are ${Steps.ALL.keySet().join(', ')}"
        : "\"$word\" cannot stand ${place()}; what can is ${Blocks.ALL[inside].words.join(', ')}", line)
      return null
    }
    def body = args && args.last() instanceof Closure ? args.last() : null
    def node = [word: word, block: Blocks.openedBy(word, inside), line: line, args: arguments(word, body ? args.init() : args, line), body: []]
    if (Blocks.isValue(word, inside)) return word == 'credentials' ? Outside.value('credentials') : [kind: word] + node.args

    node.outer = current
    if (!Blocks.ALL[inside].repeated && current.body.any { it.word == word }) problem("\"$word\" stands twice ${place()}", line)
    if (body && !node.block) problem("\"$word\" takes no block", line)
    if (!body && inside == 'steps' && Steps.ALL[word].body) problem("\"$word\" needs a block: $word(…) { … }", line)
    current.body << node
    notice(node)
    if (body && node.block) enter(node, body)
    resultOf(node)
  }

  @Override
  Object property(String name) {
    if (variables.containsKey(name)) return variables[name]
    if (name in ['any', 'none'] && current.block in ['pipeline', 'stage']) return name
    switch (name) {
      case 'scm': return '(the job\'s repository)'
      case 'env': return new Variables(read: { Outside.value("env.$it") }, write: { key, value -> environment << key })
      case 'params': return new Variables(read: { known(it, parameters, "params.$it", 'parameters') })
      case 'currentBuild': return new Variables(read: { known(it, BUILD_FIELDS, "currentBuild.$it", 'fields') }, write: { key, value -> })
    }
    if (name in environment) return Outside.value("env.$name")
    problem("there is no variable \"$name\" here", lineOf(new Throwable()))
    throw new Stop()
  }

  @Override
  void assign(String name, Object value) {
    if (current.block != 'environment') {
      variables[name] = value
      return
    }
    def line = lineOf(new Throwable())
    if (!(value instanceof CharSequence)) problem("$name in environment should be a string, but is $value", line)
    environment << name
    current.body << [word: name, line: line, args: [value], body: []]
  }

  private Object known(String name, Collection<String> names, String full, String kind) {
    if (name in names) return Outside.value(full)
    problem("there is no $full; the $kind are ${names.join(', ') ?: 'none'}", lineOf(new Throwable()))
    throw new Stop()
  }

  private void enter(Map node, Closure body) {
    def (outer, before) = [current, new TreeSet<>(environment)]
    current = node
    try {
      if (node.word == 'withCredentials') environment.addAll(boundVariables(node.args.bindings))
      if (node.word == 'withEnv') environment.addAll(node.args.overrides.collect { it.toString().tokenize('=')[0] })
      body.call()
      checkContent(node)
    } finally {
      current = outer
      // What a pipeline or a script sets stays; what a step binds ends with its block.
      if (node.word in ['withCredentials', 'withEnv']) environment.retainAll(before)
    }
  }

  private static List<String> boundVariables(Object bindings) {
    bindings.collectMany { binding -> binding.findAll { key, value -> key.endsWith('ariable') }.values() }*.toString()
  }

  private Object arguments(String word, List args, int line) {
    def spec = current.block == 'steps' ? Steps.specOf(word) : null
    if (args.size() == 1 && args[0] instanceof Map) {
      def unknown = spec ? args[0].keySet() - Steps.argumentsOf(spec) - ['$class'] : []
      if (unknown) problem("\"$word\" has no argument \"${unknown.first()}\"; its arguments are ${Steps.argumentsOf(spec).join(', ')}", line)
      return args[0]
    }
    if (spec == null) return args
    if (args.size() > (spec.main ? 1 : 0)) problem("\"$word\" is called with ${args.size()} arguments: name them", line)
    args ? [(spec.main ?: 'arguments'): args[0]] : [:]
  }

  /** Rules about single words. */
  private void notice(Map node) {
    if (node.word == 'stage' && node.block) {
      def name = node.args ? node.args[0].toString() : ''
      if (!stages.add(name)) problem("there are two stages \"$name\"", node.line)
    }
    if (node.word == 'input' && current.block in ['stage', 'steps']) checkQuestion(node)
    if (current.block == 'parameters') parameters << node.args.name.toString()
    if (node.word == 'sh' && current.block == 'steps') {
      def outside = Outside.nameIn(node.args.script)
      if (outside) problem("$outside becomes part of the text the shell runs: put the script in single quotes and let the shell read the environment", node.line)
    }
  }

  /** A question waits for hours: nothing that others need may be held meanwhile. */
  private void checkQuestion(Map node) {
    // The directive waits before its own stage gets its agent, the step inside of it.
    def around = enclosing(current.word == 'stage' ? current.outer : current)
    // An agent may stand behind what it applies to, so agents are looked at in the end.
    questions << [line: node.line, around: around]
    if (around.any { it.word == 'lock' }) problem('"input" waits inside "lock", which keeps everybody else out: ask before it', node.line)
  }

  private void checkAgents() {
    questions.each { question ->
      def holder = question.around.find { block -> block.body.any { it.word == 'agent' && it.args != ['none'] } }
      if (holder) problem("\"input\" waits while \"${holder.word}\" holds an agent: ask in a stage of its own, below \"agent none\"", question.line)
    }
  }

  private static List<Map> enclosing(Map node) {
    node == null ? [] : [node] + enclosing(node.outer)
  }

  private static Object resultOf(Map node) {
    if (node.word == 'sh' && node.args.returnStatus) return 0
    if (node.word == 'fileExists') return true
    node.word in ['sh', 'readFile', 'input'] ? Outside.value("the output of ${node.word}") : null
  }

  private void checkContent(Map node) {
    def block = Blocks.ALL[node.block]
    def words = node.body*.word
    if (node.misspelt) return
    def name = node.word == '(file)' ? 'the file' : "\"${[node.word, *(node.word == 'stage' ? node.args : [])].join(' ')}\""
    block.required?.each { if (!(it in words)) problem("$name has no \"$it\"", node.line) }
    if (block.oneOf && words.unique(false).count { it in block.oneOf } != 1) problem("$name should have exactly one of ${block.oneOf.join(', ')}", node.line)
    if (node.block == 'steps' && !words && !(node.word in ['script', 'expression'])) problem("$name is empty", node.line)
  }

  @Override
  protected String place() {
    current.word == '(file)' ? 'outside of pipeline' : super.place()
  }
}
