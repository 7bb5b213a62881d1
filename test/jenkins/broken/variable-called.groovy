def credentials = 'bitbucket'

pipelineJob('promote') {
  definition {
    cpsScm {
      scm {
        git {
          remote {
            credentials(credentials) // refused: MissingMethodException: No signature of method: java.lang.String.call()
          }
        }
      }
    }
  }
}
