/** An object such as `env` or `params`, whose fields the interpreter answers. */
class Variables {
  private Closure read
  private Closure write = { name, value -> throw new ReadOnlyPropertyException(name, 'params') }

  @Override
  Object getProperty(String name) {
    this.@read.call(name)
  }

  @Override
  void setProperty(String name, Object value) {
    this.@write.call(name, value)
  }

  Variables(Map fields) {
    this.@read = fields.read
    if (fields.write) this.@write = fields.write
  }
}
