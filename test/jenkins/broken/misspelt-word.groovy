pipelineJob('promote') {
  definition {
    cpsScm {
      scm {
        git {
          branches('main') // refused: "branches" cannot stand in "git"; what can is branch, remote
        }
      }
    }
  }
}
