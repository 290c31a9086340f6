require 'csv'

module Formats
  module Csv
    TYPE = 'text/csv'.freeze

    def self.write(events)
      CSV.generate { |csv| events.each { |event| csv << event.to_a } }
    end
  end
end
