Gem::Specification.new do |gem|
  gem.name = "answerer"
  gem.version = "1.0.0"
  gem.summary = "Answers every request with a greeting"
  gem.authors = ["towline"]
  gem.files = ["exe/answerer"]
  gem.bindir = "exe"
  gem.executables = ["answerer"]
  gem.add_dependency "greeting", "1.0.0"
end
