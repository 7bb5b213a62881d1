Gem::Specification.new do |gem|
  gem.name = "greeting"
  gem.version = "1.0.0"
  gem.summary = "A greeting from native code"
  gem.authors = ["towline"]
  gem.files = ["lib/greeting.rb", "ext/greeting/extconf.rb", "ext/greeting/greeting.c"]
  gem.extensions = ["ext/greeting/extconf.rb"]
end
