// A small ERP with the names of S/4HANA: what a company trades, with whom, and what became of it.

aspect dated {
  LastChangeDateTime : Timestamp @cds.on.insert: $now @cds.on.update: $now @odata.etag;
}

@path: 'erp'
service ERP {
  entity A_BusinessPartner : dated {
    key BusinessPartner          : String(10);
        BusinessPartnerFullName  : String(81);
        BusinessPartnerIsBlocked : Boolean;
        CreationDate             : Date;
        CreationTime             : Time;
        CreditLimitAmount        : Decimal(15, 2);
        ExternalReference        : String(60);
        Note                     : LargeString;
        to_BusinessPartnerAddress : Composition of many A_BusinessPartnerAddress on to_BusinessPartnerAddress.BusinessPartner = $self.BusinessPartner;
        to_BusinessPartnerRole    : Composition of many A_BusinessPartnerRole on to_BusinessPartnerRole.BusinessPartner = $self.BusinessPartner;
  }

  entity A_BusinessPartnerAddress : dated {
    key BusinessPartner : String(10);
    key AddressID       : String(10);
        StreetName      : String(60);
        CityName        : String(255);
        PostalCode      : String(10);
        Country         : String(3);
        PhoneNumber     : String(30);
  }

  entity A_BusinessPartnerRole : dated {
    key BusinessPartner     : String(10);
    key BusinessPartnerRole : String(6);
  }

  entity A_Product : dated {
    key Product            : String(40);
        ProductDescription : String(40);
        BaseUnit           : String(3);
        StandardPrice      : Decimal(15, 2);
        StockLevel         : Integer64;
  }

  entity A_SalesOrder : dated {
    key SalesOrder              : String(10);
        SoldToParty             : String(10);
        PurchaseOrderByCustomer : String(35);
        SalesOrderDate          : Date;
        TransactionCurrency     : String(5);
        TotalNetAmount          : Decimal(15, 2);
        to_SoldToParty          : Association to one A_BusinessPartner on to_SoldToParty.BusinessPartner = SoldToParty;
        to_Item                 : Composition of many A_SalesOrderItem on to_Item.SalesOrder = $self.SalesOrder;
  }

  entity A_SalesOrderItem : dated {
    key SalesOrder        : String(10);
    key SalesOrderItem    : String(6);
        Material          : String(40);
        RequestedQuantity : Decimal(13, 3);
        NetAmount         : Decimal(15, 2);
  }

  entity A_BillingDocument : dated {
    key BillingDocument     : String(10);
        SalesDocument       : String(10);
        BillingDocumentDate : Date;
        TotalNetAmount      : Decimal(15, 2);
  }

  entity A_OutbDeliveryHeader : dated {
    key DeliveryDocument      : String(10);
        SalesDocument         : String(10);
        ActualGoodsMovementAt : DateTime;
        TrackingID            : UUID;
  }
}
