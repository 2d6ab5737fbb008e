from mobility.helpdesk.service.acts import (
    Wish,
    ask,
    decide,
    end_ride,
    find_act,
    list_acts,
    note_reading,
    timeline,
)

__all__ = ["Wish", "ask", "decide", "end_ride", "find_act", "list_acts", "note_reading", "timeline"]
