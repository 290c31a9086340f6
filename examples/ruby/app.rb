# A calendar: pages of templates, texts in several languages, formats that are required when one is asked for.
require 'date'
require 'i18n'
require 'sinatra/base'
require 'tzinfo'

I18n.load_path = Dir[File.join(__dir__, 'locales', '*.yml')]
I18n.default_locale = :en

Event = Struct.new(:id, :title, :at)

class Calendar < Sinatra::Base
  EVENTS = [Event.new(1, 'Launch', Time.utc(2024, 7, 1, 12)), Event.new(2, 'Review', Time.utc(2024, 7, 8, 9, 30))].freeze

  set :root, __dir__
  set :show_exceptions, false

  helpers do
    def locale
      name = params['locale'].to_s.to_sym
      I18n.available_locales.include?(name) ? name : :en
    end

    def local(time)
      zone = TZInfo::Timezone.get(params['zone'] || 'Europe/Rome')
      I18n.l(zone.to_local(time), format: :long, locale: locale)
    end
  end

  get('/') { erb :index }

  get '/events/:id' do
    @event = EVENTS.find { |event| event.id == params['id'].to_i } || halt(404)
    erb :event
  end

  get '/export/:format' do
    name = params['format']
    file = File.join(__dir__, 'formats', "#{name}.rb")
    halt 404 unless name.match?(/\A[a-z]+\z/) && File.exist?(file)
    require file
    format = Formats.const_get(name.capitalize)
    content_type format::TYPE
    format.write(EVENTS)
  end

  error(TZInfo::InvalidTimezoneIdentifier) { halt 400, erb(:zone) }
  not_found { erb :missing }
end
