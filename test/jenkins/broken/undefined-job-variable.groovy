pipelineJob('promote') {
  description(workspace) // refused: there is no variable "workspace" here
}
