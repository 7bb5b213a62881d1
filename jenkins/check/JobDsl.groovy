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
    headWildcardFilter           : [includes: null, excludes: null],
  ]
  private static final Map CREDENTIAL = [scope: null, id: null]
  private static final Map FOLDER_STORE = [
    domain     : [name: null, description: null],
    credentials: [usernamePassword: CREDENTIAL + [description: null, username: null, password: null, usernameSecret: null]],
  ]
  /** What may be added to a folder's XML: the credentials that Job DSL has no words for. */
  private static final Map FOLDER_XML = [
    'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl'  : CREDENTIAL + [fileName: null, secretBytes: null],
    'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl': CREDENTIAL + [secret: null],
  ]
  /** Words and the words in their braces, or null where they take none (Job DSL's API viewer, and its dynamic part for plugins). */
  private static final Map WORDS = [
    folder                : [
      description: null, displayName: null,
      properties : [folderCredentialsProperty: [domainCredentials: [domainCredentials: FOLDER_STORE]], authorizationMatrix: PERMISSIONS],
      configure  : FOLDER_XML,
    ],
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
    if (name in ['hudson', 'com']) return new Java(name)
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
    def folders = root.body.findAll { it.word == 'folder' }
    root.body.each { job ->
      def inside = job.args[0].toString().tokenize('/').init().join('/')
      if (inside && !folders.any { it.args[0] == inside && it.line < job.line }) problem("there is no folder \"$inside\" yet", job.line)
    }
    root.body.each { job -> if (jobs.count(job.args[0]) > 1) problem("there are two jobs \"${job.args[0]}\"", job.line) }
  }

  private void inside(Map node, Closure body) {
    def outer = current
    current = node
    try {
      node.word == 'configure' ? body.call(new XmlNode()) : body.call()
    } finally {
      current = outer
    }
  }
}
