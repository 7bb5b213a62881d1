/** Runs one file of Job DSL with words that make no jobs, records them as a tree and notes what the plugin would refuse. */
class JobDsl extends Recorder {
  private static final Map JOB = [description: null, displayName: null, disabled: null]
  private static final Map PERMISSIONS = [
    inheritanceStrategy: [nonInheriting: null, inheriting: null, inheritingGlobal: null],
    entries            : [group: [name: null, permissions: null], user: [name: null, permissions: null]],
  ]
  private static final Map TRAITS = [
    bitbucketBranchDiscovery     : [strategyId: null],
    bitbucketPullRequestDiscovery: [strategyId: null],
    bitbucketWebhookRegistration : [mode: null],
  ]
  /** Words and the words in their braces, or null where they take none (Job DSL's API viewer, and its dynamic part for plugins). */
  private static final Map WORDS = [
    multibranchPipelineJob: JOB + [
      branchSources       : [branchSource: [source: [bitbucket: [id: null, repoOwner: null, repository: null, credentialsId: null, serverUrl: null, traits: TRAITS]]]],
      factory             : [workflowBranchProjectFactory: [scriptPath: null]],
      orphanedItemStrategy: [discardOldItems: [numToKeep: null, daysToKeep: null]],
    ],
    pipelineJob           : JOB + [
      parameters: [stringParam: null, choiceParam: null, booleanParam: null],
      properties: [authorizationMatrix: PERMISSIONS, pipelineTriggers: [triggers: [cron: [spec: null]]]],
      definition: [cpsScm: [scriptPath: null, lightweight: null, scm: [git: [branch: null, remote: [url: null, credentials: null]]]]],
    ],
  ]

  JobDsl() {
    root.block = WORDS
  }

  @Override
  Object call(String word, List args) {
    def known = current.block
    def line = lineOf(new Throwable())
    if (!known.containsKey(word)) {
      problem("\"$word\" cannot stand ${place()}; what can is ${known.keySet().join(', ')}", line)
      return null
    }
    def body = args && args.last() instanceof Closure ? args.last() : null
    def node = [word: word, block: known[word], line: line, args: body ? args.init() : args, body: []]
    if (body && node.block == null) problem("\"$word\" takes no block", line)
    if (!body && node.block != null) problem("\"$word\" needs a block: $word { … }", line)
    current.body << node
    if (body && node.block != null) inside(node, body)
    null
  }

  @Override
  Object property(String name) {
    problem("there is no variable \"$name\" here", lineOf(new Throwable()))
    throw new Stop()
  }

  @Override
  void assign(String name, Object value) {
    problem("\"$name\" should be declared with def", lineOf(new Throwable()))
  }

  @Override
  protected void finish() {
    def jobs = root.body.collect { it.args[0] }
    root.body.each { job -> if (jobs.count(job.args[0]) > 1) problem("there are two jobs \"${job.args[0]}\"", job.line) }
  }

  private void inside(Map node, Closure body) {
    def outer = current
    current = node
    try {
      body.call()
    } finally {
      current = outer
    }
  }
}
