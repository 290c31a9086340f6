require 'yaml'
require 'digest/sha2'

module Formats
  module Yaml
    TYPE = 'application/yaml'.freeze

    def self.write(events)
      YAML.dump(events.map { |event| { 'uid' => Digest::SHA256.hexdigest(event.title)[0, 12], 'title' => event.title } })
    end
  end
end
