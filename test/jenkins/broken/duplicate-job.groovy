pipelineJob('promote') { // refused: there are two jobs "promote"
  description('promotes')
}

pipelineJob('promote') { // refused: there are two jobs "promote"
  description('promotes again')
}
