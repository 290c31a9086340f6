require_relative 'app'

run Calendar
