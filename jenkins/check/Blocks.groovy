/** The blocks of Declarative Pipeline and what may stand in each (Jenkins handbook, "Pipeline Syntax"). */
class Blocks {
  private static final List<String> STAGE_CONTENT = ['steps', 'stages', 'parallel']
  private static final List<String> LOGIC = ['allOf', 'anyOf', 'not']

  /**
   * `words` may stand in the block: `required` ones must, of `oneOf` exactly one must, and where `repeated` is not set each
   * stands once. `opens` and `everyOpens` say which block a word's braces open, where that is not the one of its own name.
   */
  static final Map<String, Map> ALL = [
    file       : [words: ['pipeline'], required: ['pipeline']],
    pipeline   : [words: ['agent', 'environment', 'options', 'parameters', 'triggers', 'tools', 'stages', 'post'], required: ['agent', 'stages']],
    stages     : [words: ['stage'], required: ['stage'], repeated: true],
    parallel   : [words: ['stage'], required: ['stage'], repeated: true],
    stage      : [words: ['agent', 'environment', 'options', 'tools', 'input', 'when', 'post', 'failFast'] + STAGE_CONTENT, oneOf: STAGE_CONTENT],
    agent      : [words: ['label', 'node', 'docker', 'dockerfile']],
    when       : [
      words   : ['branch', 'buildingTag', 'tag', 'changeRequest', 'changelog', 'changeset', 'environment', 'equals', 'expression', 'triggeredBy',
        'beforeAgent', 'beforeInput', 'beforeOptions'] + LOGIC,
      repeated: true,
      opens   : LOGIC.collectEntries { [it, 'when'] } + [expression: 'steps'],
    ],
    options    : [words: ['buildDiscarder', 'checkoutToSubdirectory', 'disableConcurrentBuilds', 'disableResume', 'durabilityHint', 'lock', 'logRotator',
      'newContainerPerStage', 'overrideIndexTriggers', 'parallelsAlwaysFailFast', 'preserveStashes', 'quietPeriod', 'retry', 'skipDefaultCheckout',
      'skipStagesAfterUnstable', 'timeout', 'timestamps']],
    parameters : [words: ['booleanParam', 'choice', 'password', 'string', 'text'], repeated: true],
    triggers   : [words: ['cron', 'pollSCM', 'upstream']],
    environment: [words: ['credentials'], repeated: true],
    tools      : [words: ['git', 'jdk', 'nodejs'], repeated: true],
    post       : [
      words: ['always', 'changed', 'fixed', 'regression', 'aborted', 'failure', 'success', 'unstable', 'unsuccessful', 'cleanup'],
      everyOpens: 'steps',
    ],
    input      : [words: ['id', 'message', 'ok', 'parameters', 'submitter', 'submitterParameter'], required: ['message']],
    steps      : [words: Steps.ALL.keySet() + Steps.BINDINGS.keySet(), repeated: true],
  ]

  /** Whether a word makes a value for another one rather than content of the block. */
  static boolean isValue(String word, String inside) {
    inside == 'steps' ? Steps.BINDINGS.containsKey(word) : word in ['logRotator', 'credentials']
  }

  /** The block that a word opens with its braces, or null where it takes none. */
  static String openedBy(String word, String inside) {
    def block = ALL[inside]
    if (inside == 'steps') return Steps.specOf(word).body ? 'steps' : null
    if (block.everyOpens || block.opens) return block.everyOpens ?: block.opens[word]
    ALL.containsKey(word) && inside != 'parameters' ? word : null
  }
}
