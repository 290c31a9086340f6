require 'json'

module Formats
  module Json
    TYPE = 'application/json'.freeze

    def self.write(events)
      JSON.generate(events.map(&:to_h))
    end
  end
end
