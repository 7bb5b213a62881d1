/** The steps of the plugins our Jenkins has, and their arguments (each plugin's page under "Pipeline Steps Reference"). */
class Steps {
  /** `main` is the argument that may stand without its name; `body` says that a block follows. */
  static final Map<String, Map> ALL = [
    archiveArtifacts: [main: 'artifacts', args: ['allowEmptyArchive', 'excludes', 'fingerprint', 'onlyIfSuccessful']],
    build           : [main: 'job', args: ['parameters', 'wait', 'propagate', 'quietPeriod']],
    catchError      : [args: ['buildResult', 'stageResult', 'message', 'catchInterruptions'], body: true],
    checkout        : [main: 'scm', args: ['changelog', 'poll']],
    deleteDir       : [:],
    dir             : [main: 'path', body: true],
    echo            : [main: 'message'],
    error           : [main: 'message'],
    fileExists      : [main: 'file'],
    input           : [main: 'message', args: ['id', 'ok', 'parameters', 'submitter', 'submitterParameter']],
    junit           : [main: 'testResults', args: ['allowEmptyResults', 'skipPublishingChecks']],
    lock            : [main: 'resource', args: ['label', 'quantity', 'inversePrecedence', 'variable', 'extra', 'skipIfLocked'], body: true],
    milestone       : [main: 'ordinal', args: ['label']],
    node            : [main: 'label', body: true],
    readFile        : [main: 'file', args: ['encoding']],
    retry           : [main: 'count', args: ['conditions'], body: true],
    script          : [body: true],
    sh              : [main: 'script', args: ['returnStdout', 'returnStatus', 'label', 'encoding']],
    slackSend       : [main: 'message', args: ['attachments', 'baseUrl', 'blocks', 'botUser', 'channel', 'color', 'failOnError',
      'iconEmoji', 'notifyCommitters', 'replyBroadcast', 'sendAsText', 'teamDomain', 'timestamp', 'tokenCredentialId', 'username']],
    sleep           : [main: 'time', args: ['unit']],
    stash           : [main: 'name', args: ['includes', 'excludes', 'allowEmpty', 'useDefaultExcludes']],
    timeout         : [main: 'time', args: ['unit', 'activity'], body: true],
    unstable        : [main: 'message'],
    unstash         : [main: 'name'],
    withCredentials : [main: 'bindings', body: true],
    withEnv         : [main: 'overrides', body: true],
    writeFile       : [args: ['file', 'text', 'encoding']],
  ]

  /** What stands in the list of withCredentials; an argument whose name ends in `ariable` names an environment variable. */
  static final Map<String, Map> BINDINGS = [
    aws              : [args: ['credentialsId', 'accessKeyVariable', 'secretKeyVariable', 'roleArn', 'roleSessionName']],
    file             : [args: ['credentialsId', 'variable']],
    string           : [args: ['credentialsId', 'variable']],
    sshUserPrivateKey: [args: ['credentialsId', 'keyFileVariable', 'passphraseVariable', 'usernameVariable']],
    usernamePassword : [args: ['credentialsId', 'usernameVariable', 'passwordVariable']],
  ]

  static Map specOf(String name) {
    ALL[name] ?: BINDINGS[name]
  }

  static List<String> argumentsOf(Map spec) {
    ([spec.main] + (spec.args ?: [])).findAll { it != null }
  }
}
