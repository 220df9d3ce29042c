"""URLs of reminders."""

from django.urls import path

from reminders.views import calls, centre, deliveries, kinds

urlpatterns = [
    path("messages/", centre.centre, name="messages"),
    path("messages/read/", centre.read_all, name="messages_read"),
    path("messages/address/", centre.address, name="message_address"),
    path("messages/<key:pk>/", centre.page, name="message"),
    path("messages/<key:pk>/go/<key:number>/", centre.go, name="message_go"),
    path("reminders/", deliveries.index, name="deliveries"),
    path("reminders/kinds/", kinds.index, name="reminder_kinds"),
    path("reminders/kinds/<slug:key>/", kinds.edit, name="reminder_kind"),
    path("reminders/kinds/<slug:key>/reset/", kinds.reset, name="reminder_kind_reset"),
    path("reminders/deliveries/<key:pk>/again/", deliveries.resend, name="delivery_resend"),
    path("reminders/addresses/<key:pk>/clear/", deliveries.clear, name="address_clear"),
    path("reminders/runs/<key:pk>/release/", deliveries.release, name="run_release"),
    path("reminders/calls/", calls.call_list, name="call_list"),
]
