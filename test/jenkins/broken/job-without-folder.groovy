folder('branches') {
}
pipelineJob('production/promote') { // refused: there is no folder "production" yet
}
