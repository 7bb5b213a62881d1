// The folders and jobs of this repository's Jenkins, in Job DSL; jenkins/casc.yaml has them made when Jenkins starts. Parameters
// and times stand in the Jenkinsfiles too, whose first run would otherwise be the one that makes them known.
//
// Who may push a branch decides what its builds do. So they have a folder of their own, `branches`, that holds nothing of a main
// suite, and `production` has jobs whose definition comes from main alone. A build sees its own folder's credentials and those of
// no other (test/jenkins/separation.integration.test.ts).

def setting(String name) {
  def value = System.getenv(name)
  if (!value) throw new IllegalStateException("$name is not set in Jenkins' environment")
  value
}

def workspace = setting('BITBUCKET_WORKSPACE')
def repositoryName = setting('BITBUCKET_REPOSITORY')
def credentialsName = 'bitbucket'

// Read here: inside of a job's or folder's braces, Job DSL takes any call for a word of its own.
def bitbucketUser = setting('BITBUCKET_USER')
def bitbucketReadToken = setting('BITBUCKET_READ_TOKEN')
def slackUser = setting('TOWLINE_SLACK_USER')
def stagingKey = setting('TOWLINE_STAGING_SIGNING_KEY_BASE64')
def stagingChannelsKey = setting('TOWLINE_STAGING_CHANNELS_SIGNING_KEY_BASE64')
def prodKey = setting('TOWLINE_PROD_SIGNING_KEY_BASE64')
def pulumiToken = setting('PULUMI_ACCESS_TOKEN')

// A folder's own store of credentials. Secret texts and files have no words in Job DSL: they are written as Jenkins keeps them,
// without a description, which would become the folder's.
def storePath = ['properties', 'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty',
  'domainCredentialsMap', 'entry', 'java.util.concurrent.CopyOnWriteArrayList']

// Reads the repository, and nothing else: builds see it.
def store = {
  folderCredentialsProperty {
    domainCredentials {
      domainCredentials {
        domain {
          name('towline')
          description('What the jobs of this folder need')
        }
        credentials {
          usernamePassword {
            scope('GLOBAL')
            id(credentialsName)
            description('Reads the repository')
            username(bitbucketUser)
            password(bitbucketReadToken)
            usernameSecret(false)
          }
        }
      }
    }
  }
}

folder('branches') {
  description('What every branch may have run. Holds nothing that hosts outside of channels trust.')
  properties(store)
  configure { node ->
    def kept = storePath.inject(node) { at, name -> at / name }
    kept << 'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl' {
      scope('GLOBAL')
      id('towline-staging-channels-signing-key')
      fileName('staging-channels.secret.asc')
      secretBytes(com.cloudbees.plugins.credentials.SecretBytes.fromBytes(stagingChannelsKey.decodeBase64()).toString())
    }
  }
}

folder('production') {
  description('What main alone may have run.')
  properties(store)
  configure { node ->
    def kept = storePath.inject(node) { at, name -> at / name }
    kept << 'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl' {
      scope('GLOBAL')
      id('towline-staging-signing-key')
      fileName('staging.secret.asc')
      secretBytes(com.cloudbees.plugins.credentials.SecretBytes.fromBytes(stagingKey.decodeBase64()).toString())
    }
    kept << 'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl' {
      scope('GLOBAL')
      id('towline-staging-channels-signing-key')
      fileName('staging-channels.secret.asc')
      secretBytes(com.cloudbees.plugins.credentials.SecretBytes.fromBytes(stagingChannelsKey.decodeBase64()).toString())
    }
    kept << 'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl' {
      scope('GLOBAL')
      id('towline-prod-signing-key')
      fileName('prod.secret.asc')
      secretBytes(com.cloudbees.plugins.credentials.SecretBytes.fromBytes(prodKey.decodeBase64()).toString())
    }
    kept << 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl' {
      scope('GLOBAL')
      id('pulumi-access-token')
      secret(hudson.util.Secret.fromString(pulumiToken).getEncryptedValue())
    }
  }
}

// One job per branch that `included` names and `excluded` does not, by the Jenkinsfile of that branch. Bitbucket's webhook, which
// Jenkins registers with a token that no job sees, starts them.
def branchJob = { String job, String what, String script, String included, String excluded ->
  multibranchPipelineJob(job) {
    description(what)
    branchSources {
      branchSource {
        source {
          bitbucket {
            id(job)
            repoOwner(workspace)
            repository(repositoryName)
            credentialsId(credentialsName)
            traits {
              // All branches, also those with a pull request; no pull requests, of forks above all, and no tags.
              bitbucketBranchDiscovery {
                strategyId(3)
              }
              headWildcardFilter {
                includes(included)
                excludes(excluded)
              }
              bitbucketWebhookRegistration {
                mode('SYSTEM')
              }
            }
          }
        }
      }
    }
    factory {
      workflowBranchProjectFactory {
        scriptPath(script)
      }
    }
    orphanedItemStrategy {
      discardOldItems {
        numToKeep(20)
      }
    }
  }
}

// The part of a job that runs main's Jenkinsfile when somebody starts it, or the clock does.
def fromMain = { String script ->
  return {
    cpsScm {
      scm {
        git {
          remote {
            url("https://bitbucket.org/${workspace}/${repositoryName}.git")
            credentials(credentialsName)
          }
          branch('refs/heads/main')
        }
      }
      scriptPath(script)
      lightweight()
    }
  }
}

// Everybody sees it; its owners start it, and the bot behind the commands in Slack, which may do nothing else. Who may confirm it is
// TOWLINE_PROMOTERS.
def ownersOnly = {
  authorizationMatrix {
    inheritanceStrategy {
      nonInheriting()
    }
    entries {
      group {
        name("${workspace}::owner")
        permissions(['Job/Build', 'Job/Cancel', 'Job/Read'])
      }
      group {
        name("${workspace}::member")
        permissions(['Job/Read'])
      }
      user {
        name(slackUser)
        permissions(['Job/Build', 'Job/Read'])
      }
    }
  }
}

branchJob('branches/towline', 'Tests and builds every branch, and publishes it to its channel.', 'jenkins/branch/Jenkinsfile', '*', 'main')
branchJob('branches/infrastructure', 'Previews what a branch changes in the infrastructure.', 'jenkins/branch/infrastructure/Jenkinsfile', '*', 'main')

branchJob('production/towline', 'Tests and builds main, and takes it to staging.', 'jenkins/Jenkinsfile', 'main', '')
branchJob('production/infrastructure', "Applies main's changes of the infrastructure.", 'jenkins/infrastructure/Jenkinsfile', 'main', '')

pipelineJob('production/promote') {
  description('Promotes a package from one stack to another.')
  parameters {
    stringParam('PACKAGE', '', 'package to promote, such as hello')
    stringParam('VERSION', '', 'its version, such as 1.2.3.57.gdeadbee')
    choiceParam('FROM', ['staging'], 'stack that has it')
    choiceParam('TO', ['prod'], 'stack that gets it')
    stringParam('ASKED', '', 'when a command in Slack asked for it; empty: now, by whoever starts it')
    stringParam('ASKED_BY', '', 'who asked for it in Slack')
  }
  properties(ownersOnly)
  definition(fromMain('jenkins/promote/Jenkinsfile'))
}

pipelineJob('production/rollback') {
  description('Has the hosts of a stack go back to an older version of a package.')
  parameters {
    stringParam('PACKAGE', '', 'package to roll back, such as hello')
    stringParam('VERSION', '', 'version to go back to; empty: the last that was good')
    choiceParam('STACK', ['staging', 'prod'], 'stack to roll it back in')
    stringParam('REASON', '', 'why, which is recorded')
    stringParam('ASKED', '', 'when a command in Slack asked for it; empty: now, by whoever starts it')
    stringParam('ASKED_BY', '', 'who asked for it in Slack')
  }
  properties(ownersOnly)
  definition(fromMain('jenkins/rollback/Jenkinsfile'))
}

pipelineJob('production/images') {
  description('Bakes the images of new instances every night. Disabled until there is a command "towline image build".')
  disabled()
  properties {
    pipelineTriggers {
      triggers {
        cron {
          spec('H 3 * * *')
        }
      }
    }
  }
  definition(fromMain('jenkins/images/Jenkinsfile'))
}

pipelineJob('production/nightly') {
  description('Plays ten thousand schedules in the simulator, rollouts in a local region, and apps of several toolchains, every night.')
  properties {
    pipelineTriggers {
      triggers {
        cron {
          spec('H 1 * * *')
        }
      }
    }
  }
  definition(fromMain('jenkins/nightly/Jenkinsfile'))
}

pipelineJob('production/renew') {
  description('Signs indexes anew before hosts stop believing them, every day.')
  properties {
    pipelineTriggers {
      triggers {
        cron {
          spec('H 5 * * *')
        }
      }
    }
  }
  definition(fromMain('jenkins/renew/Jenkinsfile'))
}
