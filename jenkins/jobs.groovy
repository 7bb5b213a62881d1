// The jobs of this repository's Jenkins, in Job DSL; jenkins/casc.yaml has them made when Jenkins starts. Parameters and times
// stand in the Jenkinsfiles too, whose first run would otherwise be the one that makes them known.

def setting(String name) {
  def value = System.getenv(name)
  if (!value) throw new IllegalStateException("$name is not set in Jenkins' environment")
  value
}

def workspace = setting('BITBUCKET_WORKSPACE')
def repositoryName = setting('BITBUCKET_REPOSITORY')
def credentialsName = 'bitbucket'

// One job per branch; Bitbucket's webhook, which the plugin registers itself, starts them.
def branchJob = { String job, String what, String script ->
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
              // All branches, also those with a pull request; pull requests of forks never run with our keys.
              bitbucketBranchDiscovery {
                strategyId(3)
              }
              bitbucketWebhookRegistration {
                mode('ITEM')
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
          branch('main')
        }
      }
      scriptPath(script)
      lightweight()
    }
  }
}

// Everybody sees it, its owners alone start it; who may confirm it is TOWLINE_PROMOTERS.
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
    }
  }
}

branchJob('towline', 'Tests and builds every branch; main goes to staging, other branches to their channel.', 'jenkins/Jenkinsfile')
branchJob('infrastructure', 'Previews changes of the infrastructure and applies them from main.', 'jenkins/infrastructure/Jenkinsfile')

pipelineJob('promote') {
  description('Promotes a package from one stack to another.')
  parameters {
    stringParam('PACKAGE', '', 'package to promote, such as hello')
    stringParam('VERSION', '', 'its version, such as 1.2.3.57.gdeadbee')
    choiceParam('FROM', ['staging'], 'stack that has it')
    choiceParam('TO', ['prod'], 'stack that gets it')
  }
  properties(ownersOnly)
  definition(fromMain('jenkins/promote/Jenkinsfile'))
}

pipelineJob('rollback') {
  description('Has the hosts of a stack go back to an older version of a package.')
  parameters {
    stringParam('PACKAGE', '', 'package to roll back, such as hello')
    stringParam('VERSION', '', 'version to go back to; empty: the last that was good')
    choiceParam('STACK', ['staging', 'prod'], 'stack to roll it back in')
    stringParam('REASON', '', 'why, which is recorded')
  }
  properties(ownersOnly)
  definition(fromMain('jenkins/rollback/Jenkinsfile'))
}

pipelineJob('images') {
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
